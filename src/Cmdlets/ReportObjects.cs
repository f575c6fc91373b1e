using System.Globalization;
using System.Management.Automation;
using KafkaK8s.Core;
using KafkaK8s.Core.Reports;

namespace KafkaK8s.Cmdlets;

/// <summary>The objects of a report, by their types.</summary>
internal sealed class ReportObjects
{
    // The way to a cluster is nobody's matter who reads the report.
    private static readonly string[] Ways = [nameof(KafkaCluster.KubeConfig), nameof(KafkaCluster.Context), nameof(KafkaCluster.Connection),
        nameof(EksConnection.ProfileName), nameof(EksConnection.CertificateAuthorityData)];

    private static readonly Dictionary<string, Type> Sections = new[]
    {
        typeof(KafkaCluster), typeof(KafkaBroker), typeof(ZooKeeperNode), typeof(KafkaClusterCheck), typeof(EksCheck),
        typeof(TopicVerification), typeof(KafkaTopic), typeof(KafkaConsumerGroup), typeof(PlanStep), typeof(KafkaLogRecord),
    }.ToDictionary(t => t.Name);

    private readonly List<object> typed = [];
    private readonly List<OtherObject> others = [];

    /// <summary>How many there are.</summary>
    public int Count => typed.Count + others.Count;

    /// <summary>Takes an object of this module, or a copy of one.</summary>
    /// <exception cref="ClusterException"><c>NotReportable</c>.</exception>
    public void Add(PSObject item)
    {
        string? type = ModuleObjects.TypeOf(item);
        if (type is null)
        {
            throw Refused(item, $"A {item.BaseObject.GetType().Name} is no object of this module. A report takes what its cmdlets "
                + "return, such as the checks of Test-KafkaCluster, brokers, topics and consumer groups.");
        }

        if (type == nameof(KafkaMessage))
            throw Refused(item, "A KafkaMessage holds what its sender wrote; a report, which goes to others, does not take it.");
        if (Sections.TryGetValue(type, out var section))
            typed.Add(ObjectCopy.Read(item, section));
        else
            others.Add(new OtherObject(type,
                [.. item.Properties.Where(p => !Ways.Contains(p.Name)).Select(Shown).Where(p => p.Value is not null)]));
    }

    /// <summary>What the report shows.</summary>
    public ReportContent Content(string? title, DateTimeOffset at, string version) => new()
    {
        Title = title,
        At = at,
        ModuleVersion = version,
        Clusters = Of<KafkaCluster>(),
        Brokers = Of<KafkaBroker>(),
        Servers = Of<ZooKeeperNode>(),
        Checks = Of<KafkaClusterCheck>(),
        EksChecks = Of<EksCheck>(),
        Verifications = Of<TopicVerification>(),
        Topics = Of<KafkaTopic>(),
        Groups = Of<KafkaConsumerGroup>(),
        Steps = Of<PlanStep>(),
        Logs = Of<KafkaLogRecord>(),
        Others = others,
    };

    private List<T> Of<T>() => [.. typed.OfType<T>()];

    private static ClusterException Refused(PSObject item, string message) =>
        new("NotReportable", FailureKind.InvalidInput, item, message);

    // Values that are text or a number; what is deeper has no place in a cell.
    private static KeyValuePair<string, string> Shown(PSPropertyInfo property)
    {
        object? value = property.Value is PSObject wrapped ? wrapped.BaseObject : property.Value;
        return new(property.Name, ObjectCopy.Time(property.Value) is { } time ? Html.Time(time) + " UTC" : value switch
        {
            string text => text,
            IFormattable number when number.GetType().IsPrimitive => number.ToString(null, CultureInfo.InvariantCulture),
            bool yes => yes ? "yes" : "no",
            IEnumerable<string> texts => string.Join(", ", texts),
            System.Collections.ArrayList list => string.Join(", ", list.Cast<object>().Select(t => $"{t}")),
            _ => null!,
        });
    }
}
