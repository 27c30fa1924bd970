using System.Text;

namespace ContestPipeline.Payout.ProofFiles;

/// <summary>
/// What a file is by its first bytes: pictures, films and PDF, nothing that a computer carries out and no text. Pure.
/// </summary>
public static class MediaTypeOf
{
    /// <summary>So many of its first bytes are looked at.</summary>
    public const int HeadBytes = 64;

    /// <summary>All there are.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "image/jpeg", "image/png", "image/gif", "image/webp", "image/heic", "video/mp4", "video/quicktime", "video/webm",
        "application/pdf",
    ];

    /// <param name="head">The first bytes; a file may have fewer than <see cref="HeadBytes"/>.</param>
    /// <returns>Null: none of <see cref="All"/>.</returns>
    public static string? Bytes(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return "image/jpeg";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])) return "image/png";
        if (head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8)) return "image/gif";
        if (head.StartsWith("RIFF"u8) && At(head, 8, "WEBP"u8)) return "image/webp";
        if (head.StartsWith("%PDF-"u8)) return "application/pdf";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]))
            return head.IndexOf("webm"u8) > 0 ? "video/webm" : null;
        return At(head, 4, "ftyp"u8) && head.Length >= 12 ? OfBrand(Encoding.Latin1.GetString(head[8..12])) : null;
    }

    private static bool At(ReadOnlySpan<byte> head, int place, ReadOnlySpan<byte> mark) =>
        head.Length >= place + mark.Length && head[place..].StartsWith(mark);

    /// <summary>ISO base media files (ISO/IEC 14496-12) say by a brand what they are.</summary>
    private static string? OfBrand(string brand) => brand switch
    {
        "heic" or "heix" or "mif1" or "msf1" => "image/heic",
        "qt  " => "video/quicktime",
        "isom" or "iso2" or "iso4" or "iso5" or "iso6" or "mp41" or "mp42" or "avc1" or "M4V " or "dash" or "MSNV" => "video/mp4",
        _ => null,
    };
}
