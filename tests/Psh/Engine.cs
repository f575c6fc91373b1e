using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using KafkaK8s.Tests.Psh.StandIns;
using KafkaK8s.Tests.Runner;

namespace KafkaK8s.Tests.Psh;

/// <summary>The engine as psh sets it up.</summary>
internal static class Engine
{
    public static string Version { get; } =
        FileVersionInfo.GetVersionInfo(typeof(PSObject).Assembly.Location).ProductVersion?.Split(' ', '+')[0] ?? "unknown";

    /// <summary>The folder above this program's own: where the build puts modules.</summary>
    public static string ModuleFolder { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, ".."));

    /// <summary>
    /// Lets modules of this build be found by name, before any installed one. After opening, because the
    /// engine puts its own folders first as it opens.
    /// </summary>
    public static void PutModuleFolderFirst()
    {
        string? present = Environment.GetEnvironmentVariable("PSModulePath");
        Environment.SetEnvironmentVariable("PSModulePath", string.IsNullOrEmpty(present) ? ModuleFolder : ModuleFolder + Path.PathSeparator + present);
    }

    public static InitialSessionState NewSessionState(RunMode mode)
    {
        // CreateDefault() looks for the console host's assembly, which no package brings.
        InitialSessionState state = InitialSessionState.CreateDefault2();
        StandInCommands.AddTo(state);
        if (mode == RunMode.Test)
            Keywords.AddTo(state);
        return state;
    }
}
