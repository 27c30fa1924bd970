using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>
/// One relay of the probe, driven window by window: its locks and its producer are its own, and time passes only when the test
/// says so.
/// </summary>
internal sealed class RelayRig : IAsyncDisposable
{
    private readonly OutboxRelay relay;
    private readonly NpgsqlConnection connection;

    private RelayRig(OutboxRelay relay, NpgsqlConnection connection, RelaySlices slices, RelayProducer producer) =>
        (this.relay, this.connection, Slices, Producer) = (relay, connection, slices, producer);

    public RelaySlices Slices { get; }

    public RelayProducer Producer { get; }

    public static async Task<RelayRig> Open(PipelineScope scope, KafkaSettings kafka, WorkerDatabase database, TimeProvider clock)
    {
        var connection = new NpgsqlConnection(scope.WorkerConnection(Probe.Name) + ";Pooling=false");
        await connection.OpenAsync();
        var slices = new RelaySlices(connection, Probe.Name);
        await slices.Balance(default);
        var producer = new RelayProducer(kafka, Probe.Name, TimeProvider.System, _ => Task.CompletedTask);
        return new RelayRig(
            new OutboxRelay(Probe.Name, kafka, database, clock, NullLogger.Instance), connection, slices, producer);
    }

    /// <summary>Sends window after window until none is left that may be sent now.</summary>
    public async Task SendAll(CancellationToken ct)
    {
        while (await relay.SendWindow(Slices, Producer, ct) is null) ct.ThrowIfCancellationRequested();
    }

    public async ValueTask DisposeAsync()
    {
        await Producer.DisposeAsync();
        await connection.DisposeAsync();
        relay.Dispose();
    }
}

/// <summary>The real one, some time ahead.</summary>
internal sealed class LaterClock : TimeProvider
{
    public TimeSpan Later { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => base.GetUtcNow().UtcTicks + Later.Ticks;
}
