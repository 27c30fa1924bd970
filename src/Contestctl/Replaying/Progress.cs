using ContestPipeline.Replay;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Replaying;

/// <summary>A bar on stderr that follows a plan or a run.</summary>
internal static class Progress
{
    public static async Task<T> Show<T>(Func<Action<PlanProgress>, Task<T>> work)
    {
        var progress = Output.Progress().Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn());
        return await progress.StartAsync(async context =>
        {
            var bar = context.AddTask("looking", maxValue: 1);
            return await work(step => (bar.Description, bar.MaxValue, bar.Value) = (Markup.Escape(step.Step), Math.Max(1, step.Expected), step.Done));
        });
    }
}
