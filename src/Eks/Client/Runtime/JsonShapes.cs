using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Amazon.Runtime;

namespace KafkaK8s.Eks.Client.Runtime;

/// <summary>A member that stands in the path, under this name.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class UriAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>A member that stands in the query, under its own name.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class QueryAttribute : Attribute;

/// <summary>A member that is filled with a new id where the caller gave none; retries of a call carry the same one.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class IdempotencyTokenAttribute : Attribute;

/// <summary>How AWS writes shapes as JSON: camel case or as they are, times in seconds, unknown members and enum values accepted.</summary>
internal static class JsonShapes
{
    /// <summary>Members in camel case: REST-JSON as of EKS.</summary>
    public static readonly JsonSerializerOptions CamelCase = Options(JsonNamingPolicy.CamelCase);

    /// <summary>Members as they are: JSON 1.1 as of Service Quotas.</summary>
    public static readonly JsonSerializerOptions AsNamed = Options(null);

    private static JsonSerializerOptions Options(JsonNamingPolicy? naming)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = naming,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutTransport } },
            Converters = { new ConstantClassConverter(), new EpochConverter() },
        };
        options.MakeReadOnly();
        return options;
    }

    // What the SDK's base classes have, and what stands in the path or the query, is no member of the body.
    private static void LeaveOutTransport(JsonTypeInfo type)
    {
        for (int i = type.Properties.Count - 1; i >= 0; i--)
        {
            var member = type.Properties[i].AttributeProvider;
            if (member is MemberInfo { DeclaringType.Namespace: "Amazon.Runtime" } || member?.IsDefined(typeof(UriAttribute), false) == true
                || member?.IsDefined(typeof(QueryAttribute), false) == true)
                type.Properties.RemoveAt(i);
        }
    }

    private sealed class ConstantClassConverter : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeof(ConstantClass).IsAssignableFrom(typeToConvert);

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert))!;

        private sealed class Of<T> : JsonConverter<T>
            where T : ConstantClass
        {
            private static readonly Func<string, T> Find =
                typeof(T).GetMethod("FindValue", BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<Func<string, T>>();

            public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
                Find(reader.GetString()!);

            public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
                writer.WriteStringValue(value.Value);
        }
    }

    private sealed class EpochConverter : JsonConverter<DateTime>
    {
        // A double in seconds is off by parts of a microsecond: AWS's times are in milliseconds. ISO 8601 is accepted as the SDK does.
        public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String
            ? DateTime.Parse(reader.GetString()!, CultureInfo.InvariantCulture,
                DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal)
            : DateTime.UnixEpoch.AddMilliseconds(Math.Round(reader.GetDouble() * 1000));

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
            writer.WriteNumberValue((value.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds);
    }
}
