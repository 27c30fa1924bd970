using System.Collections.Concurrent;
using ContestPipeline.Embedded;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using Dapper;
using Npgsql;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>Passwords of the workers' roles on a server that asks for them, with databases of both environments.</summary>
public sealed class WorkerRolesTests : IAsyncLifetime
{
    private const string Access =
        "host all postgres 127.0.0.1/32 trust\nhost all owner 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
    private const string Role = "payout";
    private readonly ConcurrentQueue<string> log = [];
    private readonly string folder = Directory.CreateTempSubdirectory("contestpipeline-roles-").FullName;
    private PrivatePostgres server = null!;

    public async ValueTask InitializeAsync()
    {
        // Under Path.GetTempPath, where the server's user may read it.
        var access = Path.Combine(Path.GetTempPath(), $"{Path.GetFileName(folder)}.conf");
        await File.WriteAllTextAsync(access, Access);
        server = await PrivatePostgres.Start(
            folder, durable: false, [$"hba_file={access}", "log_statement=all", "log_min_messages=log"], log.Enqueue);
        foreach (var database in (string[])["first", "second", "lively"])
            await Execute("postgres", $"create database {database}");
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        File.Delete(Path.Combine(Path.GetTempPath(), $"{Path.GetFileName(folder)}.conf"));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_server_is_told_a_verifier_and_never_the_password_and_the_role_signs_in_with_it()
    {
        await Migrate("first", "test", "Qx7secret'1");

        await SignIn("first", "Qx7secret'1");
        Assert.Equal(PostgresErrorCodes.InvalidPassword,
            (await Assert.ThrowsAsync<PostgresException>(() => SignIn("first", "Qx7secret'2"))).SqlState);
        await PipelineScope.Eventually(
            () => Task.FromResult(
                log.Any(l => l.Contains("alter role payout password 'SCRAM-SHA-256$4096:", StringComparison.Ordinal))),
                "it is logged");
        Assert.DoesNotContain(log, line => line.Contains("Qx7secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_password_that_is_there_already_is_left_alone_and_another_one_replaces_it()
    {
        await Migrate("first", "test", "one");
        var stored = await Stored();

        await Migrate("first", "test", "one");
        await Migrate("second", "test", "one");
        Assert.Equal(stored, await Stored());

        await Migrate("second", "test", "two");
        await SignIn("first", "two");
    }

    [Fact]
    public async Task The_password_of_another_environment_s_role_is_not_changed()
    {
        await Migrate("lively", "live", "of live");
        var stored = await Stored();

        var refused = await Assert.ThrowsAsync<SettingException>(() => Migrate("first", "test", "of test"));

        Assert.Equal("PAYOUT_DATABASE", refused.Setting);
        Assert.Contains("live", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("of test", refused.Message, StringComparison.Ordinal);
        Assert.Equal(stored, await Stored());
        await Migrate("first", "test", password: null);
        await Migrate("first", "test", "of live");
        Assert.Equal(stored, await Stored());
    }

    /// <summary>As an earlier release left them: without a word of the environment.</summary>
    [Fact]
    public async Task Roles_of_an_earlier_release_are_their_only_environment_s_and_nobody_s_where_both_use_them()
    {
        await Migrate("lively", "live", "of live");
        await Execute("postgres", $"comment on role {Role} is null");

        Assert.Contains("live", (await Assert.ThrowsAsync<SettingException>(() => Migrate("first", "test", "of test"))).Message,
            StringComparison.Ordinal);
        await Migrate("lively", "live", "of live again");
        Assert.Equal("pipeline environment live", await Comment());

        await Migrate("first", "test", password: null);
        await Execute("postgres", $"comment on role {Role} is null");
        Assert.Contains("test",
            (await Assert.ThrowsAsync<SettingException>(() => Migrate("lively", "live", "of live at last"))).Message,
            StringComparison.Ordinal);
        Assert.Null(await Comment());
        await Execute("postgres", $"comment on role {Role} is 'pipeline environment live'");
        await Migrate("lively", "live", "of live at last");
        await SignIn("lively", "of live at last");
    }

    [Fact]
    public async Task An_owner_who_may_not_see_what_the_server_keeps_sets_the_password_each_time_and_never_another_environment_s()
    {
        await Execute("postgres",
            "create role owner login createrole; alter database first owner to owner; alter database second owner to owner");
        await Migrate("first", "test", "one", "owner");
        var stored = await Stored();

        await Migrate("first", "test", "one", "owner");
        Assert.NotEqual(stored, await Stored());
        await SignIn("first", "one");

        stored = await Stored();
        await Assert.ThrowsAsync<SettingException>(() => Migrate("second", "live", "one", "owner"));
        Assert.Equal(stored, await Stored());
    }

    [Fact]
    public async Task A_password_that_clients_do_not_all_send_alike_is_refused() =>
        Assert.Equal(
            "PAYOUT_DATABASE", (await Assert.ThrowsAsync<SettingException>(() => Migrate("first", "test", "naïve"))).Setting);

    private Task Migrate(string database, string environment, string? password, string owner = "postgres") =>
        new Migrator(server.ConnectionString(database, owner) + ";Pooling=false", environment).Apply(
            [.. Backbone.Workers.Where(w => w.Name == Role)
                .Select(w => w with { ConnectionString = password is null ? null : As(database, password) })],
                TestContext.Current.CancellationToken);

    private string As(string database, string password) =>
        new NpgsqlConnectionStringBuilder(
            server.ConnectionString(database, Role)) { Password = password, Pooling = false }.ConnectionString;

    private async Task SignIn(string database, string password)
    {
        await using var connection = new NpgsqlConnection(As(database, password));
        await connection.OpenAsync(TestContext.Current.CancellationToken);
    }

    private async Task<string?> Stored()
    {
        await using var connection = new NpgsqlConnection(server.AdminConnectionString);
        return await connection.ExecuteScalarAsync<string>($"select rolpassword from pg_authid where rolname = '{Role}'");
    }

    private async Task<string?> Comment()
    {
        await using var connection = new NpgsqlConnection(server.AdminConnectionString);
        return await connection.ExecuteScalarAsync<string>(
            $"select shobj_description(oid, 'pg_authid') from pg_roles where rolname = '{Role}'");
    }

    private async Task Execute(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString(database, "postgres") + ";Pooling=false");
        await connection.ExecuteAsync(sql);
    }
}
