using k8s.Models;

namespace KafkaK8s.Core.Model;

/// <summary>Kubernetes quantities, such as 500m, 2 or 10Gi. Pure.</summary>
/// <remarks>Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/.</remarks>
internal static class Quantity
{
    /// <summary>Reads a quantity; false for null and for what Kubernetes would refuse.</summary>
    public static bool TryParse(string? text, out decimal value)
    {
        value = 0;
        // The library trims and takes digits of every script, where the server's grammar has only these characters.
        if (string.IsNullOrEmpty(text) || !text.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.'))
            return false;
        try
        {
            value = new ResourceQuantity(text).ToDecimal();
            return true;
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            return false;
        }
    }
}
