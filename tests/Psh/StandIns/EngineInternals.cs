using System.Management.Automation;
using System.Management.Automation.Internal;
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

    private static Type Type(string name) => Assembly.GetType(name, throwOnError: true)!;

    private static object New(string type, params object[] arguments) =>
        Activator.CreateInstance(Type(type), Any, null, arguments, null)!;
}
