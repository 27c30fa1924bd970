using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ContestPipeline.Plumbing;

/// <summary>
/// What PostgreSQL keeps of a password (RFC 5803): <c>SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey</c>. Made here, so that
/// the password itself never travels to the server, nor into its log. A password is taken as its UTF-8 bytes, as Npgsql does
/// here: of printable ASCII these are what SASLprep makes of it.
/// </summary>
internal static class ScramVerifier
{
    /// <summary>PostgreSQL's own number.</summary>
    internal const int Iterations = 4096;

    internal const int SaltBytes = 16;

    private const string Mechanism = "SCRAM-SHA-256";

    private const int KeyBytes = 32;

    /// <summary>
    /// Other characters become other bytes in other clients, so that a password would be right for some and wrong for others.
    /// </summary>
    internal static bool IsPlain(string password) => password.All(c => c is >= ' ' and <= '~');

    internal static string Of(string password, byte[] salt, int iterations = Iterations)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, KeyBytes);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Mechanism}${iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}");
    }

    /// <param name="stored">Of the server's catalogue; null: the role has no password.</param>
    /// <returns>Whether it was made of this password; false also of any other kind of entry, such as md5.</returns>
    internal static bool IsOf(string password, string? stored)
    {
        if (stored?.Split('$') is not [Mechanism, var how, _] || how.Split(':') is not [var count, var salt]) return false;
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations < 1)
            return false;
        var bytes = new byte[salt.Length];
        return Convert.TryFromBase64String(salt, bytes, out var length)
            && CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(Of(password, bytes[..length], iterations)), Encoding.UTF8.GetBytes(stored));
    }
}
