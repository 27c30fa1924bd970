using System.Text;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Keys of HMAC-SHA256 from the settings. One is replaced without a gap: the new one is named among the others everywhere, then
/// it signs and the old one is among the others, and when nothing that the old one signed is good any more it is taken out.
/// </summary>
public static class SigningKeys
{
    private const int BytesMin = 32;

    /// <summary>The key that signs.</summary>
    /// <exception cref="SettingException">It is not set, or has fewer than 32 bytes (RFC 7518, section 3.2).</exception>
    public static byte[] One(IConfiguration settings, string name, string meaning) =>
        Checked(name, settings.Require(name, meaning));

    /// <summary>Keys that only check, one a line.</summary>
    /// <exception cref="SettingException">One has fewer than 32 bytes.</exception>
    public static IReadOnlyList<byte[]> Others(IConfiguration settings, string name) =>
        [.. (settings.Optional(name) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(key => Checked(name, key))];

    /// <summary>All keys that check, of a process that signs nothing.</summary>
    /// <returns>None where neither setting is set.</returns>
    /// <exception cref="SettingException">One has fewer than 32 bytes.</exception>
    public static IReadOnlyList<byte[]> Checking(IConfiguration settings, string name, string others) =>
        settings.Optional(name) is { } key ? [Checked(name, key), .. Others(settings, others)] : Others(settings, others);

    private static byte[] Checked(string name, string key)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        return bytes.Length >= BytesMin
            ? bytes : throw new SettingException(name, $"must have at least {BytesMin} bytes, not {bytes.Length}");
    }
}
