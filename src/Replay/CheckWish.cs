using ContestPipeline.Contracts;

namespace ContestPipeline.Replay;

/// <summary>Finds wishes that contradict themselves. No clock, no broker.</summary>
public static class CheckWish
{
    /// <summary>No key, contest, game or run is named by more.</summary>
    public const int TextCharsMax = 500;

    /// <returns>What is wrong, in words for whoever asked; null: it can be looked for.</returns>
    public static string? Fault(ReplayWish wish) => wish switch
    {
        _ when Topics.All.All(t => t.Name != wish.Topic) => $"there is no topic '{wish.Topic}'",
        { Contest: not null, Game: not null } => "a contest and a game exclude each other",
        { Partition: < 0 } or { FromOffset: < 0 } or { ToOffset: < 0 } => "partitions and offsets are 0 or more",
        { FromOffset: { } first, ToOffset: { } last } when first >= last => "the first offset must be below the last",
        { NotBefore: { } begin, Before: { } end } when begin >= end => "the first time must be before the last",
        _ when ((string?[])[wish.Key, wish.Contest, wish.Game, wish.OfReplay]).Any(t => t?.Length > TextCharsMax) =>
            $"a key, contest, game or run has at most {TextCharsMax} characters",
        _ => null,
    };
}
