namespace KafkaK8s.Tests.Psh;

/// <summary>The command line. Switches are spelled as those of pwsh, with one or two dashes, in any case.</summary>
internal sealed record Options
{
    public const string Usage = """
        psh hosts the PowerShell engine for tests and demos. It is not pwsh: no prompt, no profile, and of the
        everyday cmdlets only a few stand-ins.

          psh [-NoLogo] [-NonInteractive] [-WorkingDirectory DIR] -Command TEXT…   (- reads the text from stdin)
          psh [-NoLogo] [-NonInteractive] [-WorkingDirectory DIR] [-File] SCRIPT [ARGUMENT…]
          psh -Test PATH… [-Tag TAG…] [-ExcludeTag TAG…] [-Name WILDCARD…]          (Pester 5 syntax, a subset)
          psh -Version | -Help
        """;

    public RunMode Mode { get; private set; } = RunMode.Help;

    public bool NoLogo { get; private set; }

    public bool NonInteractive { get; private set; }

    public string? WorkingDirectory { get; private set; }

    public string Command { get; private set; } = string.Empty;

    public string File { get; private set; } = string.Empty;

    public IReadOnlyList<string> Arguments { get; private set; } = [];

    public List<string> TestPaths { get; } = [];

    public List<string> Tags { get; } = [];

    public List<string> ExcludedTags { get; } = [];

    public List<string> Names { get; } = [];

    public static bool TryParse(string[] args, out Options options, out string problem)
    {
        options = new Options();
        problem = options.Parse(args);
        return problem.Length == 0;
    }

    private string Parse(string[] args)
    {
        for (int index = 0; index < args.Length; index++)
        {
            string[] rest = args[(index + 1)..];
            switch (SwitchName(args[index]))
            {
                case "nologo":
                    NoLogo = true;
                    break;
                case "noninteractive":
                    NonInteractive = true;
                    break;
                case "noprofile" or "nop" or "login" or "l":
                    break; // there is no profile to leave out
                case "executionpolicy" or "ex" or "ep":
                    index++; // means nothing outside Windows
                    break;
                case "workingdirectory" or "wd":
                    if (rest.Length == 0)
                        return $"{args[index]} needs a folder.";
                    WorkingDirectory = rest[0];
                    index++;
                    break;
                case "version" or "v":
                    Mode = RunMode.Version;
                    return string.Empty;
                case "help" or "h" or "?":
                    Mode = RunMode.Help;
                    return string.Empty;
                case "command" or "c":
                    Mode = RunMode.Command;
                    Command = string.Join(' ', rest);
                    return rest.Length == 0 ? $"{args[index]} needs the text to run." : string.Empty;
                case "file" or "f":
                    return rest.Length == 0 ? $"{args[index]} needs a script file." : TakeFile(rest);
                case "test":
                    return TakeTests(rest);
                case null:
                    return TakeFile(args[index..]);
                default:
                    return $"there is no switch {args[index]}.";
            }
        }

        return Mode == RunMode.Help ? "there is no prompt; give -Command, -File or -Test." : string.Empty;
    }

    private static string? SwitchName(string argument) =>
        argument.StartsWith('-') && argument.Length > 1 ? argument.TrimStart('-').ToLowerInvariant() : null;

    private string TakeFile(string[] args)
    {
        Mode = RunMode.File;
        File = args[0];
        Arguments = args[1..];
        return System.IO.File.Exists(File) ? string.Empty : $"there is no script file '{File}'.";
    }

    private string TakeTests(string[] args)
    {
        Mode = RunMode.Test;
        List<string> list = TestPaths;
        foreach (string argument in args)
        {
            switch (SwitchName(argument))
            {
                case null:
                    // As in PowerShell, a,b is two values; a title may hold a comma.
                    list.AddRange(ReferenceEquals(list, Names) ? [argument] : argument.Split(',', StringSplitOptions.RemoveEmptyEntries));
                    break;
                case "tag":
                    list = Tags;
                    break;
                case "excludetag":
                    list = ExcludedTags;
                    break;
                case "name":
                    list = Names;
                    break;
                case "nologo":
                    break;
                default:
                    return $"there is no switch {argument} with -Test.";
            }
        }

        return TestPaths.Count == 0 ? "-Test needs a test file or folder." : string.Empty;
    }
}
