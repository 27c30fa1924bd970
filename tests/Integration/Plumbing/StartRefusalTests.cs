using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>What would go wrong later in silence is refused at start, in one sentence.</summary>
public sealed class StartRefusalTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await Probe.Install(scope);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_worker_refuses_a_pooler_that_lends_sessions_for_a_transaction_only()
    {
        var direct = new NpgsqlConnectionStringBuilder(scope.WorkerConnection(Probe.Name));
        await using var pooler = new TransactionPooler(direct.Host!, direct.Port);
        var settings = Probe.Settings(scope);
        settings["PROBE_DATABASE"] = new NpgsqlConnectionStringBuilder(
            direct.ConnectionString) { Host = "127.0.0.1", Port = pooler.Port }.ConnectionString;

        var refusal = await Assert.ThrowsAsync<SettingException>(() => scope.Start(Probe.Add, settings));

        Assert.StartsWith("PROBE_DATABASE leads through a pooler that lends a session for each transaction only", refusal.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_refuses_a_database_whose_text_keys_were_sorted_by_another_version_of_the_collation()
    {
        await scope.Execute(
            "create table probe.version as select datcollversion from pg_database where datname = current_database()");
        await scope.Execute("update pg_database set datcollversion = 'of another library' where datname = current_database()");

        var refusal = await Assert.ThrowsAsync<SettingException>(() => Probe.Start(scope));
        await scope.Execute(
            "update pg_database set datcollversion = (select datcollversion from probe.version) where datname = "
                + "current_database()");
        await scope.Stop(await Probe.Start(scope));

        Assert.StartsWith("PROBE_DATABASE names a database whose text keys were sorted by another version", refusal.Message,
            StringComparison.Ordinal);
        Assert.Empty(await scope.Query<string>(
            """
            select distinct c.relname || '.' || a.attname
            from pg_index i
            join pg_class c on c.oid = i.indrelid
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
            where n.nspname = 'probe' and i.indisunique and a.atttypid = 'text'::regtype and a.attcollation <>
                'pg_catalog."C"'::regcollation and c.relname not in ('migration', 'broken')
            """));
    }

    [Fact]
    public async Task A_second_deployment_with_another_prefix_is_refused_on_the_same_database()
    {
        await scope.Stop(await Probe.Start(scope));
        await scope.Execute("update probe.topic_prefix set prefix = 'others.'");

        var refusal = await Assert.ThrowsAsync<SettingException>(() => Probe.Start(scope));
        await scope.Execute("delete from probe.topic_prefix");
        await scope.Stop(await Probe.Start(scope));

        Assert.Equal("TOPIC_PREFIX", refusal.Setting);
        Assert.Contains($"is '{scope.Kafka.TopicPrefix}', but probe has used the database of PROBE_DATABASE with 'others.'",
            refusal.Message, StringComparison.Ordinal);
        Assert.Equal(scope.Kafka.TopicPrefix, await scope.Scalar<string>("select prefix from probe.topic_prefix"));
    }
}
