using System.Collections;
using System.Management.Automation;

namespace KafkaK8s.Tests.Runner.Model;

/// <summary>One item of -ForEach: it is <c>$_</c>, and if it is a dictionary its keys are variables too.</summary>
internal sealed record TestData(object? Item)
{
    /// <summary>The variables this item brings into scope.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Variables
    {
        get
        {
            yield return new("_", Item);
            if (Dictionary is { } dictionary)
            {
                foreach (DictionaryEntry entry in dictionary)
                    yield return new(LanguagePrimitives.ConvertTo<string>(entry.Key), entry.Value);
            }
        }
    }

    private IDictionary? Dictionary => (Item is PSObject wrapped ? wrapped.BaseObject : Item) as IDictionary;

    /// <summary>Wraps the value of -ForEach: many items, one item, or none at all.</summary>
    public static IReadOnlyList<TestData> From(object? forEach)
    {
        object? plain = forEach is PSObject wrapped ? wrapped.BaseObject : forEach;
        return plain switch
        {
            null => [],
            string or IDictionary => [new TestData(plain)],
            IEnumerable items => [.. items.Cast<object?>().Select(item => new TestData(item))],
            _ => [new TestData(forEach)],
        };
    }

    public bool TryGet(string name, out object? value)
    {
        foreach (KeyValuePair<string, object?> variable in Variables)
        {
            value = variable.Value;
            if (string.Equals(variable.Key, name, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        value = null;
        return false;
    }
}
