using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace ContestPipeline.Settlement;

/// <summary>
/// SHA-256 over lines of text: fields separated by a vertical bar, UTF-8, each line ended by a line feed. No culture has a say.
/// </summary>
/// <remarks>The encoding is described in docs/decisions/0009-settlement-digest.md.</remarks>
public sealed class CanonicalLines : IDisposable
{
    private const int BufferBytes = 1 << 16;
    private const int NumberBytesMax = 20;

    private static readonly SearchValues<char> s_escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(c => (char)c), '%', '|', ',', '=', (char)127]);

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] buffer = new byte[BufferBytes];
    private int used;
    private bool lineHasField;

    /// <summary>A name or an id. Separators and control characters in it become %XX, so that no two values look alike.</summary>
    public CanonicalLines Field(ReadOnlySpan<char> text)
    {
        if (text.ContainsAny(s_escaped)) text = Escape(text);
        return Verbatim(text);
    }

    /// <summary>Text that is already in its final form.</summary>
    public CanonicalLines Verbatim(ReadOnlySpan<char> text)
    {
        Separate();
        var bytesMax = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (bytesMax > BufferBytes)
        {
            Flush();
            hash.AppendData(Encoding.UTF8.GetBytes(text.ToString()));
            return this;
        }

        Reserve(bytesMax);
        used += Encoding.UTF8.GetBytes(text, buffer.AsSpan(used));
        return this;
    }

    public CanonicalLines Field(long number)
    {
        Separate();
        Reserve(NumberBytesMax);
        number.TryFormat(buffer.AsSpan(used), out var written, provider: System.Globalization.CultureInfo.InvariantCulture);
        used += written;
        return this;
    }

    public void EndLine()
    {
        Reserve(1);
        buffer[used++] = (byte)'\n';
        lineHasField = false;
    }

    /// <returns>Lower-case hex.</returns>
    public string Finish()
    {
        Flush();
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose() => hash.Dispose();

    internal static string Escape(ReadOnlySpan<char> text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (s_escaped.Contains(c))
                escaped.Append('%').Append(((int)c).ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            else escaped.Append(c);
        }

        return escaped.ToString();
    }

    private void Separate()
    {
        if (lineHasField)
        {
            Reserve(1);
            buffer[used++] = (byte)'|';
        }

        lineHasField = true;
    }

    private void Reserve(int bytes)
    {
        if (BufferBytes - used < bytes) Flush();
    }

    private void Flush()
    {
        hash.AppendData(buffer, 0, used);
        used = 0;
    }
}
