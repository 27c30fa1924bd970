namespace ContestPipeline.Unit.Tidy;

/// <summary>
/// Files, and files with one method, that may be longer than the others, with their lines: they may shrink, and none may join
/// them.
/// </summary>
internal static class LongerOnes
{
    internal static readonly Dictionary<string, int> Files = new()
    {
        ["src/Payout/Corrections/ReductionSql.cs"] = 254,
        ["src/Payout/Reconciliation/Reconcile.cs"] = 256,
        ["src/Plumbing/Kafka/KafkaConsumerLoop.cs"] = 257,
        ["tests/Integration/Payout/Collection/CollectionTests.cs"] = 274,
        ["tests/Integration/Payout/Collection/RefundTests.cs"] = 252,
        ["tests/Integration/Payout/Corrections/ReductionTests.cs"] = 273,
        ["tests/Integration/Payout/Disputes/DisputeTests.cs"] = 281,
        ["tests/Integration/Payout/Http/LongListsTests.cs"] = 251,
        ["tests/Integration/Payout/LedgerTests.cs"] = 271,
        ["tests/Integration/Payout/Onboarding/OnboardingTests.cs"] = 256,
        ["tests/Integration/Payout/PayoutProtocolTests.cs"] = 255,
        ["tests/Integration/Payout/PayoutWorld.cs"] = 268,
        ["tests/Integration/Plumbing/ParkedTests.cs"] = 277,
        ["tests/Integration/Scoring/ContestLifeTests.cs"] = 259,
        ["tests/Integration/Settlement/RecallTests.cs"] = 263,
        ["tests/Integration/Settlement/SettleJobTests.cs"] = 267,
        ["tests/Simulation/Checks/SimRevisions.cs"] = 254,
        ["tests/Simulation/Host/SimProcess.cs"] = 260,
        ["tests/Simulation/Play/Scenario.cs"] = 286,
        ["tests/Simulation/Play/SimRun.cs"] = 258,
        ["tests/Simulation/Play/SimWorld.cs"] = 265,
        ["tests/Unit/Scoring/AdvanceLifecycleTests.cs"] = 264,
    };

    internal static readonly Dictionary<string, int> Methods = new()
    {
        ["src/Payout/Sending/PayoutDispatch.cs"] = 64,
        ["tests/Integration/Payout/LedgerAttack/AttackTests.cs"] = 87,
        ["tests/Integration/Stripe/PaymentShapes.cs"] = 61,
    };
}
