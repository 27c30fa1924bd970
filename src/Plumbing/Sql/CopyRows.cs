using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Rows on their way into a table by binary COPY, laid out in one buffer that goes out whenever it is full: several times cheaper
/// per column than an importer that looks up a converter for each. Columns are added in the order of the statement, each in the
/// type of its column.
/// </summary>
/// <remarks>Not disposed of before <see cref="Complete"/>, nothing is written and the transaction is lost.</remarks>
public sealed class CopyRows : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>A row that begins below this rarely makes the buffer grow.</summary>
    private const int FullBytes = BufferBytes - 4 * 1024;

    private const int NullLength = -1;
    private static readonly byte[] s_header = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly long s_epochTicks = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;

    private readonly NpgsqlRawCopyStream stream;
    private readonly short columns;
    private readonly CancellationToken ct;
    private byte[] buffer = new byte[BufferBytes];
    private int length;
    private int columnsMissing;
    private bool completed;

    private CopyRows(NpgsqlRawCopyStream stream, short columns, CancellationToken ct) =>
        (this.stream, this.columns, this.ct) = (stream, columns, ct);

    /// <param name="sql"><c>copy … (…) from stdin (format binary)</c>.</param>
    /// <param name="columns">How many columns the statement names.</param>
    public static async Task<CopyRows> Begin(Tx tx, string sql, short columns)
    {
        var rows = new CopyRows(await tx.Connection.BeginRawBinaryCopyAsync(sql, tx.Ct), columns, tx.Ct);
        s_header.CopyTo(rows.Take(s_header.Length));
        return rows;
    }

    /// <summary>Begins a row; the one before must have all its columns.</summary>
    public async ValueTask Row()
    {
        Invariant.Holds(columnsMissing == 0, $"the row before lacks {columnsMissing} columns");
        if (length >= FullBytes) await Flush();
        columnsMissing = columns;
        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), columns);
    }

    /// <summary>For text.</summary>
    public void Add(string value)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        Encoding.UTF8.GetBytes(value, Column(bytes));
    }

    /// <summary>For bigint.</summary>
    public void Add(long value) => BinaryPrimitives.WriteInt64BigEndian(Column(sizeof(long)), value);

    /// <summary>For integer.</summary>
    public void Add(int value) => BinaryPrimitives.WriteInt32BigEndian(Column(sizeof(int)), value);

    /// <summary>For smallint.</summary>
    public void Add(short value) => BinaryPrimitives.WriteInt16BigEndian(Column(sizeof(short)), value);

    /// <summary>For uuid.</summary>
    public void Add(Guid value) => value.TryWriteBytes(Column(16), bigEndian: true, out _);

    /// <summary>For bytea.</summary>
    public void Add(ReadOnlySpan<byte> value) => value.CopyTo(Column(value.Length));

    /// <summary>For timestamptz, to the microsecond.</summary>
    public void Add(DateTimeOffset value) => Add((value.UtcTicks - s_epochTicks) / TimeSpan.TicksPerMicrosecond);

    /// <summary>For any column that may be null.</summary>
    public void AddNull()
    {
        BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), NullLength);
        columnsMissing--;
    }

    /// <summary>Sends what is left; the server has taken every row when this returns.</summary>
    /// <exception cref="PostgresException">It refused one of them.</exception>
    public async Task Complete()
    {
        Invariant.Holds(columnsMissing == 0, $"the last row lacks {columnsMissing} columns");
        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), -1);
        await Flush();
        completed = true;
        await stream.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (completed) return;
        completed = true;
        await stream.CancelAsync();
        await stream.DisposeAsync();
    }

    private async Task Flush()
    {
        await stream.WriteAsync(buffer.AsMemory(0, length), ct);
        length = 0;
    }

    private Span<byte> Column(int bytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), bytes);
        columnsMissing--;
        return Take(bytes);
    }

    private Span<byte> Take(int bytes)
    {
        if (length + bytes > buffer.Length) Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + bytes));
        length += bytes;
        return buffer.AsSpan(length - bytes, bytes);
    }
}
