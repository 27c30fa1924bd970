using System.Text;
using ContestPipeline.Embedded;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using Dapper;
using Npgsql;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>PostgreSQL with TLS and a certificate for the name localhost, as live asks for it: SSL Mode=VerifyFull.</summary>
public sealed class EncryptedDatabaseTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("contestpipeline-encrypted-").FullName;
    private readonly TlsAuthority authority = new("ours");
    private PrivatePostgres server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await PrivatePostgres.Start(Path.Combine(folder, "server"), durable: false, ct: Ct);
        var (certificate, key) = authority.Issue("localhost");
        await using var connection = new NpgsqlConnection(server.AdminConnectionString + ";Pooling=false");
        foreach (var (file, pem) in (ValueTuple<string, string>[])[("server.crt", certificate), ("server.key", key)])
        {
            var content = await connection.ExecuteScalarAsync<uint>(
                "select lo_from_bytea(0, @pem)", new { pem = Encoding.ASCII.GetBytes(pem) });
            await connection.ExecuteAsync($"select lo_export({content}, @file)", new { file });
        }

        await connection.ExecuteAsync("copy (select) to program 'cat > /dev/null && chmod 600 server.key'");
        await connection.ExecuteAsync("alter system set ssl = on");
        await connection.ExecuteAsync("select pg_reload_conf()");
        await PipelineScope.Eventually(async () => await Encrypted("localhost", "SSL Mode=Prefer"), "the server speaks TLS");
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_server_whose_certificate_is_of_the_known_authority_and_for_its_name_is_accepted() =>
        Assert.True(await Encrypted("localhost", $"SSL Mode=VerifyFull;Root Certificate={Written(authority.Pem)}"));

    [Fact]
    public async Task A_server_under_another_name_or_of_another_authority_is_refused()
    {
        using var others = new TlsAuthority("others");

        await Assert.ThrowsAsync<NpgsqlException>(() =>
            Encrypted("127.0.0.1", $"SSL Mode=VerifyFull;Root Certificate={Written(authority.Pem)}"));
        await Assert.ThrowsAsync<NpgsqlException>(() =>
            Encrypted("localhost", $"SSL Mode=VerifyFull;Root Certificate={Written(others.Pem)}"));
        await Assert.ThrowsAsync<NpgsqlException>(() => Encrypted("localhost", "SSL Mode=VerifyFull"));
    }

    [Fact]
    public async Task A_server_that_speaks_plaintext_only_is_refused()
    {
        await using var connection = new NpgsqlConnection(server.AdminConnectionString + ";Pooling=false;SSL Mode=Disable");
        await connection.ExecuteAsync("alter system set ssl = off");
        await connection.ExecuteAsync("select pg_reload_conf()");
        await PipelineScope.Eventually(
            async () => !await Encrypted("localhost", "SSL Mode=Prefer"), "the server speaks plaintext");

        await Assert.ThrowsAsync<NpgsqlException>(() =>
            Encrypted("localhost", $"SSL Mode=VerifyFull;Root Certificate={Written(authority.Pem)}"));
    }

    private string Written(string pem)
    {
        var file = Path.Combine(folder, "authority.pem");
        File.WriteAllText(file, pem);
        return file;
    }

    /// <summary>Connects as a worker does.</summary>
    private async Task<bool> Encrypted(string host, string security)
    {
        var place = new NpgsqlConnectionStringBuilder(
            $"{server.AdminConnectionString};{security}") { Host = host, Pooling = false };
        await using var database = new WorkerDatabase("probe", place.ConnectionString, TimeProvider.System);
        return await database.Run(tx => tx.QueryOne<bool>("select ssl from pg_stat_ssl where pid = pg_backend_pid()"), Ct);
    }
}
