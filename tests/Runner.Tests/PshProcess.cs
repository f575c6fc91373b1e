using System.Diagnostics;
using System.Text;

namespace KafkaK8s.Tests.Runner.Tests;

/// <summary>Runs out/psh as a user would: a process, its streams and its exit code.</summary>
internal sealed class PshProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly Process process;
    private readonly Task<string> output;
    private readonly Task<string> errors;

    private PshProcess(Process process)
    {
        this.process = process;
        output = process.StandardOutput.ReadToEndAsync();
        errors = process.StandardError.ReadToEndAsync();
    }

    public static string Root { get; } = FindRoot();

    public static string Fixtures { get; } = Path.Combine(AppContext.BaseDirectory, "fixtures");

    /// <summary>Starts psh with $env:PSH_MARK naming a file that its script writes when it has come to a point.</summary>
    public static PshProcess Start(IEnumerable<string> arguments, out string mark)
    {
        mark = Path.Combine(Path.GetTempPath(), $"psh-mark-{Guid.NewGuid():N}");
        return Start(arguments, "C.UTF-8", mark);
    }

    public static void WaitForFile(string path)
    {
        var clock = Stopwatch.StartNew();
        while (!File.Exists(path))
        {
            if (clock.Elapsed > Limit)
                throw new TimeoutException($"{path} did not come.");
            Thread.Sleep(50);
        }

        File.Delete(path);
    }

    public static PshProcess Start(IEnumerable<string> arguments, string locale = "C.UTF-8", string mark = "")
    {
        // env: a job in the background inherits an ignored SIGINT, which no program can be asked to heed.
        var start = new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT", Path.Combine(Root, "out", "psh"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment["LC_ALL"] = locale;
        start.Environment["PSH_MARK"] = mark;
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return new PshProcess(process);
    }

    public static PshResult Run(params string[] arguments)
    {
        using PshProcess psh = Start(arguments);
        return psh.Wait();
    }

    public static PshResult Command(string text) => Run("-NoLogo", "-Command", text);

    public static PshResult Test(string fixture, params string[] more) => Run(["-Test", Path.Combine(Fixtures, fixture), .. more]);

    public void Signal(string name)
    {
        using Process kill = Process.Start("/bin/kill", ["-" + name, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public PshResult Wait()
    {
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"psh ran longer than {Limit}.");
        }

        return new PshResult(process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
    }

    public void Dispose() => process.Dispose();

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("The repository's root is not above the tests.");
    }
}

/// <summary>What a run of psh left.</summary>
internal sealed record PshResult(int ExitCode, string Output, string Errors)
{
    public string[] Lines => Output.TrimEnd('\n').Split('\n');

    public string LastLine => Lines[^1];
}
