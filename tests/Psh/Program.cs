using System.Text;
using KafkaK8s.Tests.Psh;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

if (!Options.TryParse(args, out Options options, out string problem))
{
    Console.Error.WriteLine($"psh: {problem}");
    Console.Error.WriteLine(Options.Usage);
    return ExitCodes.Usage;
}

switch (options.Mode)
{
    case RunMode.Version:
        Console.Out.WriteLine($"psh: PowerShell engine {Engine.Version} in process; not pwsh");
        return ExitCodes.Success;
    case RunMode.Help:
        Console.Out.WriteLine(Options.Usage);
        return ExitCodes.Success;
}

if (options.WorkingDirectory is not null)
    Directory.SetCurrentDirectory(options.WorkingDirectory);
if (options.Mode != RunMode.Test && !options.NoLogo)
    Console.Error.WriteLine($"psh: PowerShell engine {Engine.Version}, not pwsh");

using var session = new Session(options);
using var interrupts = new Interrupts(session.Stop);
int code = options.Mode switch
{
    RunMode.Command => session.RunCommand(options.Command == "-" ? Console.In.ReadToEnd() : options.Command),
    RunMode.File => session.RunFile(options.File, options.Arguments),
    _ => TestMode.Run(session, options),
};
if (interrupts.ExitCode is not null)
    Console.Error.WriteLine("psh: stopped");
return interrupts.ExitCode ?? code;
