namespace ContestPipeline.WebConsole.Shown;

/// <summary>Which runbook an alert's advice names.</summary>
public static class Runbooks
{
    private const string Folder = "docs/runbooks/";

    /// <returns>Such as <c>docs/runbooks/stuck-contest.md</c>; null when the advice names none.</returns>
    public static string? In(string advice)
    {
        var start = advice.IndexOf(Folder, StringComparison.Ordinal);
        if (start < 0) return null;
        var end = advice.IndexOf(".md", start, StringComparison.Ordinal);
        return end < 0 ? null : advice[start..(end + 3)];
    }
}
