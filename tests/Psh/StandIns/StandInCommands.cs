using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace KafkaK8s.Tests.Psh.StandIns;

/// <summary>
/// The few everyday cmdlets that the bare engine lacks. Each is a plain stand-in with the parameters that
/// demos and tests use, and nothing like the whole of the real one; they are known in psh only.
/// </summary>
internal static class StandInCommands
{
    public static void AddTo(InitialSessionState state)
    {
        foreach (Type type in typeof(StandInCommands).Assembly.GetTypes())
        {
            if (type.GetCustomAttribute<CmdletAttribute>() is { } cmdlet)
                state.Commands.Add(new SessionStateCmdletEntry($"{cmdlet.VerbName}-{cmdlet.NounName}", type, null));
        }
    }
}
