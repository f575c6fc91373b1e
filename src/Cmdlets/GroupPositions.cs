using System.Management.Automation;
using KafkaK8s.Core;

namespace KafkaK8s.Cmdlets;

/// <summary>Reads the offsets that somebody noted: partitions of a group, rows of a CSV file, objects of a JSON file.</summary>
internal static class GroupPositions
{
    /// <summary>The offsets. A partition that a group has committed nothing of has none, and is left out.</summary>
    /// <exception cref="ClusterException"><c>InvalidPosition</c>: an object is no such note, or a partition is there twice.</exception>
    public static IReadOnlyDictionary<(string Topic, int Partition), long> Read(IEnumerable<PSObject> notes)
    {
        var positions = new Dictionary<(string Topic, int Partition), long>();
        foreach (var note in notes)
        {
            if (Value(note, nameof(KafkaGroupPartition.Topic))?.ToString() is not { Length: > 0 } topic
                || !Number(Value(note, nameof(KafkaGroupPartition.Partition)), out long partition) || partition > int.MaxValue)
            {
                throw Invalid($"-ToPosition: '{note}' has no Topic and Partition.");
            }

            string name = FormattableString.Invariant($"{topic}-{partition}");
            object? offset = Value(note, "Offset");
            if ((offset ?? Value(note, nameof(KafkaGroupPartition.Committed))) is not { } given || given is "")
            {
                if (note.Properties[nameof(KafkaGroupPartition.Committed)] is not null)
                    continue;
                throw Invalid($"-ToPosition: {name} has no Offset.");
            }

            if (!Number(given, out long number))
                throw Invalid($"-ToPosition: '{given}' is no offset of {name}. An offset is a number from 0.");
            if (!positions.TryAdd((topic, (int)partition), number))
                throw Invalid($"-ToPosition: {name} is there twice. Give the partitions of one group only.");
        }

        return positions;
    }

    private static object? Value(PSObject note, string property) =>
        note.Properties[property]?.Value is { } value ? PSObject.AsPSObject(value).BaseObject : null;

    private static bool Number(object? value, out long number)
    {
        number = 0;
        return value is not null && LanguagePrimitives.TryConvertTo(value, out number) && number >= 0;
    }

    private static ClusterException Invalid(string why) => new("InvalidPosition", FailureKind.InvalidInput, "ToPosition", why);
}
