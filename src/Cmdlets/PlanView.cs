using System.Management.Automation;

namespace KafkaK8s.Cmdlets;

/// <summary>Which table a plan gets. All steps are of one type; a name before that of the type chooses the columns that say
/// something.</summary>
internal static class PlanView
{
    /// <summary>Mark between the type's name and that of its table.</summary>
    public const char Mark = '#';

    // What is waited for at each step, as it is in an ensemble, needs room that a plan of objects has no use for.
    private const string Ensemble = "Ensemble";
    private const string Zone = "Zone";

    /// <summary>The steps, with the table that shows what they have.</summary>
    public static IEnumerable<PSObject> Of(IReadOnlyCollection<PlanStep> plan)
    {
        // What holds a restart up is a column of the ordinary table alone.
        string? table = plan.Any(s => s.Zone.Length > 0) ? Zone
            : plan.All(s => s.WaitsFor.Length > 0 && s.Risk.Length > 0 && s.BlockedBy.Length == 0) ? Ensemble : null;
        return plan.Select(step =>
        {
            var shown = PSObject.AsPSObject(step);
            if (table is not null)
                shown.TypeNames.Insert(0, $"{typeof(PlanStep).FullName}{Mark}{table}");
            return shown;
        });
    }
}
