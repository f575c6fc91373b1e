using System.Globalization;
using System.Text.RegularExpressions;

namespace KafkaK8s.Core.Spec;

/// <summary>Kubernetes quantities: a number with a suffix (m, k, M, G, T, P, Ki, Mi, Gi, Ti, Pi). Pure.</summary>
/// <remarks>Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/.</remarks>
internal static partial class Quantity
{
    /// <summary>Reads a quantity; false for null and for what Kubernetes would refuse.</summary>
    public static bool TryParse(string? text, out decimal value)
    {
        value = 0;
        if (text is null || Pattern().Match(text) is not { Success: true } match)
            return false;
        decimal? unit = match.Groups["unit"].Value switch
        {
            "" => 1m,
            "m" => 0.001m,
            "k" => 1_000m,
            "M" => 1_000_000m,
            "G" => 1_000_000_000m,
            "T" => 1_000_000_000_000m,
            "P" => 1_000_000_000_000_000m,
            "Ki" => 1L << 10,
            "Mi" => 1L << 20,
            "Gi" => 1L << 30,
            "Ti" => 1L << 40,
            "Pi" => 1L << 50,
            _ => null,
        };
        if (unit is null || !decimal.TryParse(match.Groups["number"].Value, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal number))
            return false;
        value = number * unit.Value;
        return true;
    }

    // Bounded digits keep the product inside a decimal.
    [GeneratedRegex(@"^(?<number>[+-]?[0-9]{1,12}(\.[0-9]{1,6})?)(?<unit>[a-zA-Z]{0,2})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
