using KafkaK8s.Core.Verification;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class VerificationLedgerTests
{
    private const ulong Run = 0x1122334455667788;

    [Theory]
    [InlineData(28)]
    [InlineData(29)]
    [InlineData(100)]
    [InlineData(1000)]
    public void A_message_is_read_as_it_was_written(int size)
    {
        byte[] message = Message(3, 77, size);
        Assert.Equal(size, message.Length);
        Assert.Equal(new ReadRecord(RecordKind.Ours, 3, 77), VerificationMessage.Read(message, Run));
    }

    [Fact]
    public void Every_changed_bit_is_seen()
    {
        byte[] message = Message(0, 5, 64);
        for (int bit = 0; bit < message.Length * 8; bit++)
        {
            message[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(RecordKind.Ours, VerificationMessage.Read(message, Run).Kind);
            message[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_cut_message_is_corrupt_and_a_strange_one_is_foreign()
    {
        Assert.Equal(RecordKind.Corrupt, VerificationMessage.Read(Message(0, 1, 100).AsSpan(0, 60), Run).Kind);
        Assert.Equal(RecordKind.Foreign, VerificationMessage.Read("hello"u8, Run).Kind);
        Assert.Equal(RecordKind.Foreign, VerificationMessage.Read([], Run).Kind);
        Assert.Equal(RecordKind.Foreign, VerificationMessage.Read(Message(0, 1, 100), Run + 1).Kind);
    }

    [Theory]
    // acknowledged, received: numbers of one partition; then received once, lost, duplicated, out of order
    [InlineData("0,1,2,3", "0,1,2,3", 4, 0, 0, 0)]
    [InlineData("0,1,2,3", "0,1,3", 3, 1, 0, 0)]
    [InlineData("0,1,2,3", "", 0, 4, 0, 0)]
    [InlineData("0,1,2,3", "0,1,1,2,3,0", 4, 0, 2, 0)]
    [InlineData("0,1,2,3", "0,2,1,3", 4, 0, 0, 1)]
    [InlineData("0,1,2,3", "3,2,1,0", 4, 0, 0, 3)]
    [InlineData("0,1", "0,1,2,3", 4, 0, 0, 0)] // not acknowledged and there all the same: nothing wrong
    [InlineData("0,3", "1,2,3", 3, 1, 0, 0)]
    public void The_books_say_what_is_lost_doubled_and_out_of_order(string acked, string received, int once, int lost, int duplicated,
        int outOfOrder)
    {
        var ledger = new VerificationLedger(4, 1, exclusive: true);
        foreach (int n in Numbers(acked))
        {
            ledger.Sent(0);
            ledger.Acked(0, n, n);
        }

        foreach (int n in Numbers(received))
            ledger.Received(0, VerificationMessage.Read(Message(0, n, 100), Run));
        var counts = ledger.Of(0);
        Assert.Equal((once, lost, duplicated, outOfOrder, 0L),
            (counts.Received, counts.Lost, counts.Duplicated, counts.OutOfOrder, counts.Corrupt));
    }

    [Theory]
    [InlineData("0,1,2,3", "0,2", 1, 1)] // 1 was passed by, 3 may still be there
    [InlineData("0,1,2,3", "", 0, 4)]
    [InlineData("0,1,2,3", "0,1,2,3", 0, 0)]
    [InlineData("0,1", "3", 2, 0)]
    public void Where_the_reading_broke_off_only_what_was_passed_by_is_lost(string acked, string received, int lost, int unread)
    {
        var ledger = new VerificationLedger(4, 1, exclusive: true);
        foreach (int n in Numbers(acked))
            ledger.Acked(0, n, n);
        foreach (int n in Numbers(received))
            ledger.Received(0, VerificationMessage.Read(Message(0, n, 100), Run));
        ledger.BreakOff(0);
        Assert.Equal((lost, unread), (ledger.Of(0).Lost, ledger.Of(0).Unread));
    }

    [Fact]
    public void A_message_in_the_wrong_partition_or_with_an_impossible_number_is_corrupt()
    {
        var ledger = new VerificationLedger(10, 2, exclusive: true);
        ledger.Received(1, VerificationMessage.Read(Message(0, 0, 100), Run));
        ledger.Received(1, VerificationMessage.Read(Message(1, 5, 100), Run));
        ledger.Received(1, VerificationMessage.Read(Message(1, -1, 100), Run));
        Assert.Equal(3, ledger.Of(1).Corrupt);
        Assert.Equal(0, ledger.Of(1).Received);
    }

    [Theory]
    [InlineData(true, 1, 0)] // our own topic: nobody else has any business there
    [InlineData(false, 0, 1)]
    public void Messages_of_others_are_set_aside_only_where_others_may_write(bool exclusive, int corrupt, int foreign)
    {
        var ledger = new VerificationLedger(1, 1, exclusive);
        ledger.Received(0, VerificationMessage.Read("theirs"u8, Run));
        Assert.Equal((corrupt, foreign), (ledger.Of(0).Corrupt, ledger.Of(0).Foreign));
    }

    [Theory]
    [InlineData(10, 3, "4,3,3")]
    [InlineData(2, 3, "1,1,0")]
    [InlineData(6, 3, "2,2,2")]
    public void Messages_are_dealt_out_in_turn(int count, int partitions, string shares) =>
        Assert.Equal(Numbers(shares).Select(n => (long)n),
            Enumerable.Range(0, partitions).Select(p => VerificationLedger.Share(count, partitions, p)));

    [Fact]
    public void Last_acknowledged_offset_and_totals_are_kept()
    {
        var ledger = new VerificationLedger(200, 2, exclusive: true);
        Assert.Equal(-1, ledger.LastAckedOffset(0));
        for (int n = 0; n < 100; n++)
        {
            ledger.Acked(0, n, 1000 + n);
            ledger.Acked(0, n, 1000 + n); // reported twice, counted once
        }

        Assert.Equal(1099, ledger.LastAckedOffset(0));
        Assert.Equal(100, ledger.Total().Acked);
        Assert.Equal(100, ledger.Total().Lost);
    }

    private static byte[] Message(int partition, long sequence, int size)
    {
        byte[] buffer = VerificationMessage.Buffer(Run, size);
        VerificationMessage.Number(buffer, partition, sequence);
        return buffer;
    }

    private static IEnumerable<int> Numbers(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse);
}
