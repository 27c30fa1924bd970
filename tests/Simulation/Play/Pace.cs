namespace ContestPipeline.Simulation;

/// <summary>How soon the workers of a seed do what there is to do; percentages.</summary>
/// <param name="GatherPercent">While something comes from outside, nobody does anything else.</param>
/// <param name="MeanwhilePercent">While nothing else is left to be done, what comes from outside within minutes is waited
/// for.</param>
/// <param name="ReadPercent">What there is to be read is not left to gather while there is something else to do.</param>
/// <param name="SendPercent">Nor is what there is to be sent.</param>
/// <param name="NothingPercent">Time has passed: a round looks that would find nothing.</param>
/// <param name="IdleLookPercent">The same after something was read.</param>
internal sealed record Pace(
    int GatherPercent, int MeanwhilePercent, int ReadPercent, int SendPercent, int NothingPercent, int IdleLookPercent)
{
    /// <summary>
    /// Everything is read and sent soon, and rounds look again and again, as by workers that have little to do.
    /// </summary>
    internal static readonly Pace Eager = new(
        GatherPercent: 60, MeanwhilePercent: 60, ReadPercent: 15, SendPercent: 30, NothingPercent: 4, IdleLookPercent: 1);

    /// <summary>Much gathers, and who has nothing to do hardly looks: such a seed has two thirds of the steps.</summary>
    internal static readonly Pace Gathering = new(
        GatherPercent: 90, MeanwhilePercent: 85, ReadPercent: 3, SendPercent: 6, NothingPercent: 1, IdleLookPercent: 0);
}
