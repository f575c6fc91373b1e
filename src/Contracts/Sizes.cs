using System.Globalization;

namespace KafkaK8s;

/// <summary>Bytes as people read them.</summary>
internal static class Sizes
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>Three digits and a unit of 1024: 0 B, 999 B, 1.5 KiB, 12 GiB.</summary>
    public static string Text(long bytes)
    {
        double value = bytes;
        int unit = 0;
        for (; Math.Abs(value) >= 999.5 && unit < Units.Length - 1; unit++)
            value /= 1024;
        string digits = unit == 0 || Math.Abs(value) >= 99.95 ? "0" : Math.Abs(value) >= 9.995 ? "0.#" : "0.##";
        return string.Create(CultureInfo.InvariantCulture, $"{value.ToString(digits, CultureInfo.InvariantCulture)} {Units[unit]}");
    }
}
