using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace ContestPipeline.Plumbing;

/// <summary>Asks the broker for the oldest offset that it still has of partitions, and for their ends.</summary>
internal static class PartitionBounds
{
    private const int AttemptsMax = 80;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <param name="upTo">Committed: the end is where a reader of what is committed comes to at this moment; records behind it
    /// may be committed and yet hidden by a transaction that is still open. Uncommitted: what the broker has got.</param>
    /// <returns>Of each place where its records begin and end: the end is the offset that the next record gets.</returns>
    /// <exception cref="KafkaException">The broker does not answer, or refused for twenty seconds.</exception>
    internal static Task<IReadOnlyDictionary<TopicPartition, (long Beginning, long End)>> Of(KafkaSettings kafka,
        IReadOnlyCollection<TopicPartition> places, IsolationLevel upTo = IsolationLevel.ReadCommitted) =>
        Patiently(() => Once(kafka, places, upTo));

    /// <summary>
    /// A broker that has just begun to look after a partition or a group, or has just ceased to, answers a moment later.
    /// </summary>
    internal static async Task<T> Patiently<T>(Func<Task<T>> ask)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (KafkaException refused) when (!refused.Error.IsLocalError && attempt < AttemptsMax)
            {
                await Task.Delay(s_pause);
            }
        }
    }

    private static async Task<IReadOnlyDictionary<TopicPartition, (long Beginning, long End)>> Once(
        KafkaSettings kafka, IReadOnlyCollection<TopicPartition> places, IsolationLevel upTo)
    {
        if (places.Count == 0) return new Dictionary<TopicPartition, (long, long)>();
        using var admin = new AdminClientBuilder(kafka.Client()).SetLogHandler((_, _) => { }).Build();
        await Task.Run(() => LearnLeaders(admin, places));
        var bounds = await Task.WhenAll(
            Offsets(admin, places, OffsetSpec.Earliest(), upTo), Offsets(admin, places, OffsetSpec.Latest(), upTo));
        return places.ToDictionary(place => place, place => (bounds[0][place], bounds[1][place]));
    }

    /// <summary>
    /// librdkafka 2.15.1 may crash the process when it is asked for offsets of partitions whose leaders it has still to learn: it
    /// takes the question up on the caller's thread and, should news of the cluster arrive meanwhile, on its own as well, and one
    /// of them frees it under the other (docs/developers/traps.md).
    /// </summary>
    /// <exception cref="KafkaException">A partition is not known, or has no leader at this moment.</exception>
    private static void LearnLeaders(IAdminClient admin, IReadOnlyCollection<TopicPartition> places)
    {
        var leaders = admin.GetMetadata(s_patience).Topics.SelectMany(t =>
            t.Partitions.Select(p => (Place: new TopicPartition(t.Topic, p.PartitionId), p.Leader)))
            .ToDictionary(p => p.Place, p => p.Leader);
        foreach (var place in places)
        {
            if (!leaders.TryGetValue(place, out var leader)) throw new KafkaException(ErrorCode.UnknownTopicOrPart);
            if (leader < 0) throw new KafkaException(ErrorCode.LeaderNotAvailable);
        }
    }

    /// <summary>
    /// One question for all partitions of a broker: a question for each takes a minute and a half on a machine that has much to
    /// do.
    /// </summary>
    private static async Task<Dictionary<TopicPartition, long>> Offsets(
        IAdminClient admin, IReadOnlyCollection<TopicPartition> places, OffsetSpec which, IsolationLevel upTo)
    {
        try
        {
            var answer = await admin.ListOffsetsAsync(
                places.Select(place => new TopicPartitionOffsetSpec { TopicPartition = place, OffsetSpec = which }),
                new ListOffsetsOptions { RequestTimeout = s_patience, IsolationLevel = upTo });
            return answer.ResultInfos.ToDictionary(
                i => i.TopicPartitionOffsetError.TopicPartition, i => i.TopicPartitionOffsetError.Offset.Value);
        }
        catch (ListOffsetsException refused)
        {
            throw new KafkaException(
                refused.Result.ResultInfos.Select(i => i.TopicPartitionOffsetError.Error).FirstOrDefault(e => e.IsError)
                    ?? refused.Error);
        }
    }
}
