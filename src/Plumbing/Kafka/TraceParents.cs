using System.Security.Cryptography;
using System.Text;

namespace ContestPipeline.Plumbing;

/// <summary>W3C trace contexts, derived rather than drawn: a message that starts a trace always starts the same one.</summary>
internal static class TraceParents
{
    internal static string Root(string words)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(words), hash);
        return $"00-{Convert.ToHexStringLower(hash[..16])}-{Convert.ToHexStringLower(hash[16..24])}-01";
    }

    /// <summary>
    /// The cause's trace and span as they are, which is how a trace gets through processes that export none; without a cause one
    /// begins.
    /// </summary>
    internal static string Next(string? parent, Guid messageId)
    {
        if (parent is { Length: 55 } && parent[2] == '-' && parent[35] == '-' && parent[52] == '-') return parent;
        var id = messageId.ToString("N");
        return $"00-{id}-{id[16..]}-01";
    }
}
