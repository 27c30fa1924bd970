using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>Schemas, roles and numbered files.</summary>
public sealed class MigratorTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    [Fact]
    public async Task Applying_again_changes_nothing()
    {
        var applied = await new Migrator(scope.AdminConnection, "test").Apply(Backbone.Workers);

        Assert.Empty(applied);
    }

    [Fact]
    public async Task A_file_edited_after_it_landed_is_refused_by_name()
    {
        var admin = scope.Backbone.Postgres.ConnectionString(await scope.Backbone.NewDatabase(), "postgres");
        await using var connection = new NpgsqlConnection(admin);
        await connection.OpenAsync();
        await using var edit = new NpgsqlCommand(
            "update ingestion.migration set checksum = 'other' where source = 'plumbing' and number = 1", connection);
        await edit.ExecuteNonQueryAsync();

        var refused = await Assert.ThrowsAsync<InvariantException>(() => new Migrator(admin, "test").Apply(Backbone.Workers));

        Assert.Contains("001-inbox-claims-each-message-once", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_and_live_never_share_a_database()
    {
        var refused =
            await Assert.ThrowsAsync<SettingException>(() => new Migrator(scope.AdminConnection, "live").Apply(Backbone.Workers));

        Assert.Equal("PIPELINE_ENVIRONMENT", refused.Setting);
    }

    [Theory]
    [InlineData("select * from payout.outbox", "scoring")]
    [InlineData("insert into ingestion.alert_raised values ('x', now())", "settlement")]
    [InlineData("create table public.x (y int)", "ingestion")]
    [InlineData("create table payout.x (y int)", "payout")]
    [InlineData("delete from payout.inbox", "payout")]
    [InlineData("drop table scoring.outbox", "scoring")]
    [InlineData("select scoring.outbox_maintain(1)", "payout")]
    public async Task A_role_can_touch_only_its_own_schema_and_only_as_granted(string sql, string role)
    {
        await using var connection = new NpgsqlConnection(scope.WorkerConnection(role));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }
}
