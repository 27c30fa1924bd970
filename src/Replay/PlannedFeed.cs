using System.Security.Cryptography;
using ContestPipeline.Harness;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Replay;

/// <summary>
/// A file of feed messages as records: what a plan tries out and what its run publishes are these, with the ids, numbers and
/// revisions of the file.
/// </summary>
public sealed record PlannedFeed(PlannedFile File, IReadOnlyList<PlannedRecord> Records)
{
    private const string Source = "feed";

    /// <exception cref="InvalidDataException">A line of the file is no feed message.</exception>
    public static async Task<PlannedFeed> Read(FileInfo file, CancellationToken ct)
    {
        var bytes = await System.IO.File.ReadAllBytesAsync(file.FullName, ct);
        var content = await FeedFile.Read(new MemoryStream(bytes), ct);
        if (content.Problems.Count > 0)
            throw new InvalidDataException(
                $"{file.Name}: {content.Problems[0]} ({content.Problems.Count} problems; see contestctl feed validate)");
        return new PlannedFeed(
            new PlannedFile(file.Name, Convert.ToHexStringLower(SHA256.HashData(bytes))),
            [.. content.Records.Select(r => new PlannedRecord(HarnessRecord.Of(r.Message, r.Id, Source, r.Time), r.Time))]);
    }

    /// <summary>
    /// Publishes them in their order, each with the bytes and headers that were tried out. Given again, they are known by their
    /// ids.
    /// </summary>
    /// <returns>How many.</returns>
    internal async Task<long> Publish(KafkaSettings kafka, TimeProvider clock, Action<PlanProgress> tell, CancellationToken ct)
    {
        using var producer = new MessageProducer(kafka, Source, clock, untilTaken: true);
        var sending = new List<Task>(Records.Count);
        foreach (var (record, _) in Records)
            sending.Add(producer.PublishRaw(record.Topic, record.Key, record.Headers, record.Body.ToArray(), record.Partition));
        tell(new PlanProgress("publishing", 0, Records.Count));
        await Task.WhenAll(sending).WaitAsync(ct);
        return Records.Count;
    }
}
