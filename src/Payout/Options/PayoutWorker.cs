namespace ContestPipeline.Payout.Options;

/// <summary>How the worker is called: its schema, role, consumer group and services have this name.</summary>
public static class PayoutWorker
{
    public const string Name = "payout";
}
