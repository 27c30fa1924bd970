// Each benchmark measures us and a baseline in the same run and prints the ratio; `make bench` runs them all into
// docs/measurements/benchmarks.txt.
Dictionary<string, Func<string[], Task>> benchmarks = new(StringComparer.Ordinal)
{
    ["settlement"] = ContestPipeline.Bench.SettlementBench.Run,
    ["rescoring"] = ContestPipeline.Bench.RescoringBench.Run,
    ["feed"] = ContestPipeline.Bench.FeedBench.Run,
    ["ledger"] = ContestPipeline.Bench.LedgerBench.Run,
    ["outbox"] = ContestPipeline.Bench.OutboxBench.Run,
    ["limits"] = ContestPipeline.Bench.LimitsBench.Run,
    ["refund"] = ContestPipeline.Bench.RefundBench.Run,
    ["replay"] = ContestPipeline.Bench.ReplayBench.Run,
    ["webhook"] = ContestPipeline.Bench.WebhookBench.Run,
};

if (args is ["-h" or "--help"])
{
    Console.WriteLine($"usage: [{string.Join(" | ", benchmarks.Keys)}]; without a name all of them");
    return 0;
}

var chosen = args.Length > 0 ? [args[0]] : benchmarks.Keys.ToArray();
foreach (var name in chosen)
{
    if (!benchmarks.TryGetValue(name, out var run))
    {
        Console.Error.WriteLine($"bench: no benchmark is called '{name}'; there are: {string.Join(", ", benchmarks.Keys)}");
        return 2;
    }

    await run(args.Skip(1).ToArray());
}

return 0;
