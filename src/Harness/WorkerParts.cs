using System.Collections.Frozen;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ContestPipeline.Harness;

/// <summary>What a worker is made of, without the loops that drive it: for whoever drives it step by step.</summary>
internal sealed class WorkerParts
{
    /// <param name="services">Of a host with this one worker added.</param>
    /// <param name="lasting">Holds the locks of the relay's slices.</param>
    internal WorkerParts(
        IReadOnlyList<IHostedService> services, WorkerDatabase database, NpgsqlConnection lasting, TimeProvider clock)
    {
        Plans = services.OfType<KafkaConsumerLoop>().Single().Declared();
        Relay = services.OfType<OutboxRelay>().Single();
        Jobs = [.. services.OfType<JobLoop>().Select(loop => (loop.Name, loop.Make()))];
        Ownership = new PartitionOwnership(database);
        Processor = new BatchProcessor(database, Ownership, clock, NullLogger.Instance);
        Slices = new RelaySlices(lasting, database.Worker);
    }

    /// <summary>By topic.</summary>
    internal FrozenDictionary<string, TopicPlan> Plans { get; }

    internal OutboxRelay Relay { get; }

    internal IReadOnlyList<(string Name, IJob Job)> Jobs { get; }

    internal PartitionOwnership Ownership { get; }

    internal BatchProcessor Processor { get; }

    internal RelaySlices Slices { get; }

    /// <summary>A record as the consumer loop hands it to the processor.</summary>
    internal ConsumedRecord Item(HarnessRecord record)
    {
        var plan = Plans[record.Topic];
        var envelope = record.Envelope();
        return new ConsumedRecord(envelope, EnvelopeReader.Read(envelope, plan.Reader), plan);
    }
}
