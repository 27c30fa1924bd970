using Confluent.Kafka;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Sends one slice's rows, each window as one transaction under the slice's own transactional id. Before the first one the broker
/// is told that whoever sent this slice before sends no more: what that one has not committed by then is never seen. After a
/// refusal or a failure it is of no more use.
/// </summary>
internal sealed class SliceSender(ProducerConfig config) : IDisposable
{
    /// <summary>Calls that wait for the broker come back this often, to see whether anybody still wants them to.</summary>
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(1);

    private readonly IProducer<byte[], byte[]> producer = new ProducerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) =>
    {
    }).SetErrorHandler((_, _) => { }).Build();
    private readonly List<(TopicPartition To, Message<byte[], byte[]> Record,
        Action<DeliveryReport<byte[], byte[]>>? Report)> early = [];
    private bool isOurs;
    private bool isBegun;

    /// <summary>What of the window was refused first; written also by the client's thread that reports.</summary>
    private volatile Error? refused;

    /// <summary>Something was sent that is not committed yet.</summary>
    internal bool IsUnderWay => isBegun || early.Count > 0;

    internal void Send(TopicPartition to, Message<byte[], byte[]> record, Action<DeliveryReport<byte[], byte[]>>? report)
    {
        if (!isOurs)
        {
            early.Add((to, record, report));
            return;
        }

        if (!isBegun) Begin();
        Produce(to, record, report);
    }

    /// <summary>On a thread of its own, because Kafka's client blocks.</summary>
    /// <returns>Null when the window is committed; else why the broker refuses it, and then nothing of it is there.</returns>
    /// <exception cref="KafkaException">Another relay has the slice, or the broker was away for too long: whether the window is
    /// there cannot be said.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    internal Task<Error?> Commit(CancellationToken ct) =>
        Task.Factory.StartNew(
            () => CommitNow(ct), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose() => producer.Dispose();

    private Error? CommitNow(CancellationToken ct)
    {
        if (!isOurs) Take(ct);
        try
        {
            if (refused is null) UntilDone(producer.CommitTransaction, ct);
            else Abort(ct);
        }
        catch (KafkaTxnRequiresAbortException trouble)
        {
            // It may name what came of a refusal, such as that those after it are out of sequence; by the end of the abort
            // everything is reported.
            Abort(ct, IsRefusal(trouble.Error.Code));
            if (refused is null && !IsRefusal(trouble.Error.Code)) throw;
            refused ??= trouble.Error;
        }

        isBegun = false;
        return refused;
    }

    /// <summary>
    /// Without rights to the topic no partition ever was part of the transaction, so that the broker knows of none that could be
    /// given up.
    /// </summary>
    private void Abort(CancellationToken ct, bool isRefused = true)
    {
        try
        {
            UntilDone(producer.AbortTransaction, ct);
        }
        catch (KafkaException none) when (none.Error.Code == ErrorCode.InvalidTxnState && (isRefused || refused is not null))
        {
            // Nothing was committed, and whoever sends this slice next begins by ending what is open of it.
        }
    }

    private void Take(CancellationToken ct)
    {
        UntilDone(producer.InitTransactions, ct);
        isOurs = true;
        Begin();
        foreach (var (to, record, report) in early) Produce(to, record, report);
        early.Clear();
    }

    private void Begin()
    {
        producer.BeginTransaction();
        isBegun = true;
    }

    private void Produce(TopicPartition to, Message<byte[], byte[]> record, Action<DeliveryReport<byte[], byte[]>>? report)
    {
        try
        {
            if (refused is null) producer.Produce(to, record, report is null ? Note : answer =>
            {
                Note(answer);
                report(answer);
            });
        }
        catch (ProduceException<byte[], byte[]> trouble) when (IsRefusal(trouble.Error.Code))
        {
            // The client refuses it itself, and would commit the others.
            refused = trouble.Error;
        }
        catch (ProduceException<byte[], byte[]> trouble) when (trouble.Error.Code == ErrorCode.Local_State)
        {
            // An earlier one has failed: the commit says how.
        }
    }

    private void Note(DeliveryReport<byte[], byte[]> report)
    {
        if (report.Error.IsError && refused is null && IsRefusal(report.Error.Code)) refused = report.Error;
    }

    private static void UntilDone(Action<TimeSpan> step, CancellationToken ct)
    {
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                step(s_turn);
                return;
            }
            catch (KafkaRetriableException)
            {
                // It goes on where it was.
            }
        }
    }

    /// <summary>What the broker says of this record or its topic, and would say again.</summary>
    private static bool IsRefusal(
        ErrorCode code) => code is ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.TopicAuthorizationFailed
        or ErrorCode.InvalidRecord or ErrorCode.PolicyViolation or ErrorCode.TopicException or ErrorCode.UnknownTopicOrPart
        or ErrorCode.InvalidTimestamp
        or ErrorCode.UnsupportedForMessageFormat or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition;
}
