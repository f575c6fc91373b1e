using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace KafkaK8s.Tests.Psh.StandIns;

/// <summary>
/// The engine's own formatter and its way to end a pipeline early. They are internal, so they are reached by
/// reflection; the one engine version is pinned, and a test runs each.
/// </summary>
internal static class EngineInternals
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private const string Format = "Microsoft.PowerShell.Commands.Internal.Format.";

    private static readonly Assembly Assembly = typeof(PSObject).Assembly;

    private static readonly FieldInfo Implementation = typeof(FrontEndCommandBase).GetField("implementation", Any)
        ?? throw new MissingFieldException(nameof(FrontEndCommandBase), "implementation");

    /// <summary>Makes a cmdlet write formatted lines to a writer: what Out-File and Out-String are.</summary>
    public static void WriteLinesTo(FrontEndCommandBase cmdlet, TextWriter writer, int width, bool noNewline)
    {
        object manager = New(Format + "OutputManagerInner");
        object lines = New(Format + "TextWriterLineOutput", writer, width, noNewline);
        manager.GetType().GetProperty("LineOutput", Any)!.SetValue(manager, lines);
        Implementation.SetValue(cmdlet, manager);
    }

    /// <summary>Makes a cmdlet shape objects: what Format-Table and Format-List are.</summary>
    public static void ShapeAs(FrontEndCommandBase cmdlet, string shape)
    {
        object kind = Enum.Parse(Type(Format + "FormatShape"), shape);
        Implementation.SetValue(cmdlet, New(Format + "InnerFormatShapeCommand", kind));
    }

    /// <summary>The exception by which a cmdlet ends the commands before it, as Select-Object -First does.</summary>
    public static Exception StopUpstream(InternalCommand cmdlet) =>
        (Exception)New("System.Management.Automation.StopUpstreamCommandsException", cmdlet);

    /// <summary>Wraps an error as one that came down the error stream, so that the formatter sends it to the host's error lines.</summary>
    public static PSObject OfErrorStream(ErrorRecord error)
    {
        var wrapped = new PSObject(error);
        PropertyInfo stream = typeof(PSObject).GetProperty("WriteStream", Any) ?? throw new MissingMemberException(nameof(PSObject), "WriteStream");
        stream.SetValue(wrapped, Enum.Parse(stream.PropertyType, "Error"));
        return wrapped;
    }

    /// <summary>Makes <c>exit n</c> of the script run next end the session with n, as pwsh -File has it.</summary>
    public static void LetExitThrough(Runspace runspace)
    {
        PropertyInfo context = typeof(Runspace).GetProperty("GetExecutionContext", Any)
            ?? throw new MissingMemberException(nameof(Runspace), "GetExecutionContext");
        object value = context.GetValue(runspace)!;
        PropertyInfo rethrow = value.GetType().GetProperty("ScriptCommandProcessorShouldRethrowExit", Any)
            ?? throw new MissingMemberException(value.GetType().Name, "ScriptCommandProcessorShouldRethrowExit");
        rethrow.SetValue(value, true);
    }

    private static Type Type(string name) => Assembly.GetType(name, throwOnError: true)!;

    private static object New(string type, params object[] arguments) =>
        Activator.CreateInstance(Type(type), Any, null, arguments, null)!;
}
