using System.Text;

namespace ContestPipeline.Integration.Telemetry;

/// <summary>A protobuf message as its fields, without a schema: enough to look into what an exporter sent.</summary>
internal sealed class Protobuf
{
    private readonly List<(int Number, ReadOnlyMemory<byte> Bytes)> fields = [];

    internal Protobuf(ReadOnlyMemory<byte> message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var key = Varint(message.Span, ref at);
            var length = (key & 7) switch
            {
                0 => Skip(message.Span, at),
                1 => 8,
                2 => (int)Varint(message.Span, ref at),
                5 => 4,
                var kind => throw new InvalidDataException($"wire type {kind}"),
            };
            fields.Add(((int)(key >> 3), message.Slice(at, length)));
            at += length;
        }
    }

    internal IEnumerable<Protobuf> All(int number) => fields.Where(f => f.Number == number).Select(f => new Protobuf(f.Bytes));

    internal ReadOnlyMemory<byte> Bytes(int number) => fields.LastOrDefault(f => f.Number == number).Bytes;

    internal string Text(int number) => Encoding.UTF8.GetString(Bytes(number).Span);

    private static int Skip(ReadOnlySpan<byte> bytes, int at)
    {
        var start = at;
        Varint(bytes, ref at);
        return at - start;
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }
}
