using System.Security.Cryptography;
using System.Text;

namespace ContestPipeline.Plumbing;

/// <summary>
/// How the key of a parked message is named: by itself, or, when it is too long for a line or a command, by its SHA-256.
/// </summary>
public static class KeyName
{
    private const int ShownCharactersMax = 200;
    private const string Prefix = "sha256:";

    /// <summary>SHA-256 of the key as UTF-8, as the table computes it: 32 bytes.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <returns>The key; <c>sha256:</c> and 64 hexadecimal digits for one of more than 200 characters.</returns>
    public static string Of(string key) => key.Length <= ShownCharactersMax ? key : Prefix + Convert.ToHexStringLower(Hash(key));

    /// <summary><see cref="Of"/> as one word of a shell; a key with control characters is named by its hash.</summary>
    public static string Word(string key)
    {
        var name = key.Any(char.IsControl) ? Prefix + Convert.ToHexStringLower(Hash(key)) : Of(key);
        return name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':')
            ? name : $"'{name.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }

    /// <param name="name">A key, or the name of one.</param>
    /// <returns>The hashes of the keys that may be meant.</returns>
    public static byte[][] Meant(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.Length == Prefix.Length + 64
            && name[Prefix.Length..].All(char.IsAsciiHexDigit)
            ? [Hash(name), Convert.FromHexString(name[Prefix.Length..])]
            : [Hash(name)];
}
