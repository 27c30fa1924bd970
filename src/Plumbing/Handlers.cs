using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>Handles one message inside the batch's transaction. Never opens a connection, catches, retries or commits.</summary>
public interface IHandler<T> where T : IMessage
{
    Task Handle(Received<T> received, Tx tx);
}

/// <summary>
/// Takes everything a batch holds of one topic at once, in order of partition and offset. Called again with one message at a time
/// when the batch fails, so it must not remember anything of a transaction that did not commit (<see cref="Tx.AfterCommit"/>).
/// </summary>
public interface IBatchHandler
{
    Task Handle(IReadOnlyList<Received<IMessage>> batch, Tx tx);
}

/// <summary>Work that no message causes: durable timers, sweeps. One transaction a run.</summary>
public interface IJob
{
    /// <returns>True when there is more to do at once.</returns>
    Task<bool> Run(Tx tx);
}

/// <summary>What becomes of a record that is no valid message of its topic.</summary>
public enum Malformed
{
    /// <summary>Input topics: published to <c>&lt;topic&gt;.rejected</c> with reason, field and original bytes.</summary>
    Reject,

    /// <summary>Our own topics: it cannot be, so its key is parked and an alert raised.</summary>
    Park,
}

/// <summary>Who recognises a repeated message.</summary>
public enum Dedupe
{
    /// <summary>The inbox: the handler never sees a repetition.</summary>
    ByInbox,

    /// <summary>The handler, by a permanent key of its own (commands answer again).</summary>
    ByHandler,
}
