using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>What PostgreSQL is told of a password instead of the password.</summary>
public sealed class ScramVerifierTests
{
    private const string Salt = "W22ZaJ0SNY7soEsUEjb6gQ==";

    /// <summary>
    /// The exchange of RFC 7677: the client's proof and the server's signature can be checked with the two keys of the verifier.
    /// </summary>
    [Fact]
    public void It_is_the_one_of_the_standard_s_example()
    {
        const string Nonce = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        var exchange = Encoding.UTF8.GetBytes($"n=user,r=rOprNGfwEbeRWgbNEkqO,{Nonce},s={Salt},i=4096,c=biws,{Nonce}");

        var parts = ScramVerifier.Of("pencil", Convert.FromBase64String(Salt)).Split('$', ':');

        Assert.Equal(["SCRAM-SHA-256", "4096", Salt], parts[..3]);
        var (storedKey, serverKey) = (Convert.FromBase64String(parts[3]), Convert.FromBase64String(parts[4]));
        var proof = Convert.FromBase64String("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        var clientKey = proof.Zip(HMACSHA256.HashData(storedKey, exchange), (a, b) => (byte)(a ^ b)).ToArray();
        Assert.Equal(storedKey, SHA256.HashData(clientKey));
        Assert.Equal(
            "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", Convert.ToBase64String(HMACSHA256.HashData(serverKey, exchange)));
    }

    [Fact]
    public void It_is_recognised_as_the_password_s_with_any_salt_and_number_of_iterations()
    {
        var stored = ScramVerifier.Of("swordfish", [1, 2, 3], iterations: 100);

        Assert.True(ScramVerifier.IsOf("swordfish", stored));
        Assert.False(ScramVerifier.IsOf("Swordfish", stored));
        Assert.False(ScramVerifier.IsOf("", stored));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("md5a3556571e93b0d20722ba62be61e8c2d")]
    [InlineData("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==")]
    [InlineData("SCRAM-SHA-256$0:W22ZaJ0SNY7soEsUEjb6gQ==$a:b")]
    [InlineData("SCRAM-SHA-256$many:W22ZaJ0SNY7soEsUEjb6gQ==$a:b")]
    [InlineData("SCRAM-SHA-256$4096:not base64!$a:b")]
    [InlineData("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$a:b")]
    public void What_the_server_keeps_otherwise_is_no_password_s(string? stored) =>
        Assert.False(ScramVerifier.IsOf("swordfish", stored));

    [Theory]
    [InlineData("a B~1!'\"\\$", true)]
    [InlineData("naïve", false)]
    [InlineData("two\nlines", false)]
    [InlineData("half a\u00A0space", false)]
    public void Characters_that_clients_do_not_all_send_alike_are_told(string password, bool plain) =>
        Assert.Equal(plain, ScramVerifier.IsPlain(password));
}
