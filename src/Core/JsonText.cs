using System.Text.Encodings.Web;
using System.Text.Json;

namespace KafkaK8s.Core;

/// <summary>How JSON is written for people: without escapes that only HTML needs.</summary>
internal static class JsonText
{
    public static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly JsonSerializerOptions Indented = new(Readable) { WriteIndented = true };
}
