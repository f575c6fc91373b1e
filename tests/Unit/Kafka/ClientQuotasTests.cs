using KafkaK8s.Core.Kafka;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class ClientQuotasTests
{
    [Fact]
    public void A_request_is_for_all_quotas() =>
        Assert.Equal("00000017" + "0030" + "0000" + "6b386b38" + "0008" + "6b61666b616b3873" + "00000000" + "00",
            Convert.ToHexStringLower(ClientQuotas.Request()));

    [Fact]
    public void What_holds_for_the_console_tools_is_named_and_nothing_else()
    {
        var w = new WireWriter();
        w.Int32(BrokerRequest.Correlation);
        w.Int32(0);
        w.Int16(0);
        w.Text(null);
        w.Count(4);
        Entry("producer_byte_rate", 1024, ("client-id", null));
        Entry("consumer_byte_rate", 2048, ("client-id", "console-consumer"), ("user", "ANONYMOUS"));
        Entry("producer_byte_rate", 1, ("client-id", "billing"));
        Entry("connection_creation_rate", 1, ("ip", null));
        Assert.Equal(["producer_byte_rate=1024 for client-id (default)",
            "consumer_byte_rate=2048 for client-id console-consumer, user ANONYMOUS"], ClientQuotas.OfConsoleTools(w.Written()));

        void Entry(string key, double value, params (string Kind, string? Name)[] whom)
        {
            w.Count(whom.Length);
            foreach (var (kind, name) in whom)
            {
                w.Text(kind);
                w.Text(name);
            }

            w.Count(1);
            w.Text(key);
            w.Int64(BitConverter.DoubleToInt64Bits(value));
        }
    }
}
