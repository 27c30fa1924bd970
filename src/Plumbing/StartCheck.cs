using System.Reflection;
using ContestPipeline.Contracts;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Before a worker's loops start: is the database there, ours and up to date, does Kafka answer and have the topics, and does the
/// database have what was handled?
/// </summary>
internal sealed class StartCheck(string worker, Assembly migrations, string environment, KafkaSettings kafka,
    WorkerDatabase database, OffsetWatch offsets, Func<KafkaSettings, WorkerDatabase, CancellationToken, Task> onStart)
        : IHostedService
{
    private string Setting => Settings.DatabaseSetting(worker);

    /// <exception cref="SettingException">Something is not; the sentence names the setting.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await CheckDatabase(cancellationToken);
        CheckKafka();
        await CheckSessions(cancellationToken);
        await offsets.LookAtStart(cancellationToken);
        await onStart(kafka, database, cancellationToken);
    }

    /// <exception cref="SettingException">It is not there, not ours, or not up to date.</exception>
    internal async Task CheckDatabase(CancellationToken ct)
    {
        try
        {
            await using var connection = await database.Open(ct);
            await CheckEnvironment(connection, ct);
            await CheckMigrations(connection, ct);
        }
        catch (StandbyException)
        {
            throw new SettingException(Setting, "names a standby; a worker needs the primary");
        }
        catch (NpgsqlException trouble)
        {
            throw new SettingException(Setting, $"names a database that does not answer as it should: {trouble.Message}");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What need not be asked again while the process runs.</summary>
    private async Task CheckSessions(CancellationToken ct)
    {
        if (await SessionCheck.Trouble(database, ct) is { } trouble) throw new SettingException(Setting, trouble);
        if (await SessionCheck.CollationTrouble(database, ct) is { } unsorted) throw new SettingException(Setting, unsorted);
        var prefix = await database.Run(
            async tx =>
            {
                await tx.Execute($"insert into {worker}.topic_prefix (prefix) values (@TopicPrefix) on conflict do nothing",
                    new { kafka.TopicPrefix });
                return await tx.QueryOne<string>($"select prefix from {worker}.topic_prefix");
            }, ct);
        if (prefix != kafka.TopicPrefix)
            throw new SettingException("TOPIC_PREFIX",
                $"is '{kafka.TopicPrefix}', but {worker} has used the database of {Setting} with '{prefix}' since its first "
                    + $"start: each needs a database of its own");
    }

    private async Task CheckEnvironment(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var there =
            new NpgsqlCommand(
                $"select to_regclass('pipeline.environment') is not null and to_regclass('{worker}.migration') is not null",
                connection);
        if (!(bool)(await there.ExecuteScalarAsync(ct))!)
            throw new SettingException(Setting, "names a database without the pipeline's tables; run contestctl migrate");
        await using var read = new NpgsqlCommand("select name from pipeline.environment", connection);
        var stamped = (string?)await read.ExecuteScalarAsync(ct);
        if (stamped != environment)
            throw new SettingException(
                "PIPELINE_ENVIRONMENT", $"is {environment}, but the database of {Setting} is stamped {stamped}");
    }

    private async Task CheckMigrations(NpgsqlConnection connection, CancellationToken ct)
    {
        var landed = new HashSet<(string, int)>();
        await using var command = new NpgsqlCommand($"select source, number from {worker}.migration", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) landed.Add((reader.GetString(0), reader.GetInt32(1)));
        var missing = MigrationFiles.OfWorker(migrations).FirstOrDefault(file => !landed.Contains((file.Source, file.Number)));
        if (missing is not null)
            throw new SettingException(Setting, $"names a database that lacks migration {missing.Name}; run contestctl migrate");
    }

    private void CheckKafka()
    {
        var there = BrokerCheck.Require(kafka).Topics;
        // A broker that checks rights shows nobody a topic of others.
        var missing = TopicRights.All.FirstOrDefault(r => TopicRights.Concerns(r, worker)
            && !there.Contains(kafka.Physical(r.Topic)));
        if (missing is not null)
            throw new SettingException(
                "KAFKA_BOOTSTRAP_SERVERS",
                $"names a Kafka without the topic {kafka.Physical(missing.Topic)}, or one that does not show it to {worker}; "
                    + $"run contestctl topics provision, and contestctl topics rights");
    }
}
