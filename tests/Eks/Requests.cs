using System.Collections;
using System.Reflection;
using Amazon.EKS;
using Amazon.Runtime;
using Xunit;

namespace KafkaK8s.Tests.Eks;

/// <summary>Requests with every member set, and answers with every member looked at.</summary>
internal static class Requests
{
    /// <summary>The operations of the client.</summary>
    public static IEnumerable<MethodInfo> Operations =>
        typeof(IAmazonEKS).GetMethods().Where(m => m.Name.EndsWith("Async", StringComparison.Ordinal));

    /// <summary>Calls an operation.</summary>
    public static async Task<object> CallAsync(IAmazonEKS client, MethodInfo operation, object request)
    {
        var task = (Task)operation.Invoke(client, [request, CancellationToken.None])!;
        await task;
        return task.GetType().GetProperty("Result")!.GetValue(task)!;
    }

    /// <summary>An object with every member set.</summary>
    public static object Filled(Type type)
    {
        object made = Activator.CreateInstance(type)!;
        foreach (var member in Members(type))
            member.SetValue(made, Value(member.PropertyType));
        return made;
    }

    /// <summary>Every member came with the answer, and all of what they hold.</summary>
    public static void AssertFilled(object value, string where)
    {
        foreach (var member in Members(value.GetType()).Where(m => m.Name != "NextToken"))
        {
            object? held = member.GetValue(value);
            string path = $"{where}.{member.Name}";
            Assert.True(held is not null, $"{path} did not come");
            if (held is IList { Count: > 0 } list && list[0]!.GetType().Namespace == "Amazon.EKS.Model")
                AssertFilled(list[0]!, path);
            else if (held is ICollection items)
                Assert.True(items.Count > 0, $"{path} is empty");
            else if (held.GetType().Namespace == "Amazon.EKS.Model")
                AssertFilled(held, path);
        }
    }

    private static IEnumerable<PropertyInfo> Members(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.DeclaringType!.Namespace != "Amazon.Runtime" && p.CanWrite);

    private static object Value(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return "x1";
        if (type == typeof(int))
            return 1;
        if (type == typeof(bool))
            return true;
        if (typeof(ConstantClass).IsAssignableFrom(type))
            return type.GetFields(BindingFlags.Public | BindingFlags.Static).First(f => f.FieldType == type).GetValue(null)!;
        if (type == typeof(Dictionary<string, string>))
            return new Dictionary<string, string> { ["key"] = "value" };
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
        {
            var list = (IList)Activator.CreateInstance(type)!;
            list.Add(Value(type.GetGenericArguments()[0]));
            return list;
        }

        return Filled(type);
    }
}
