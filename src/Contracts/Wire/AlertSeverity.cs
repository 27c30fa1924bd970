namespace ContestPipeline.Contracts;

/// <summary>How bad what people are told of is.</summary>
public enum AlertSeverity
{
    /// <summary>Somebody should look at it.</summary>
    Warning,

    /// <summary>Somebody has to act; told again until somebody has.</summary>
    Critical,
}

/// <summary>A severity as messages and tables spell it: <c>warning</c>, <c>critical</c>.</summary>
public static class AlertSeverities
{
    private const string Critical = "critical";

    public static string Word(this AlertSeverity severity) => severity == AlertSeverity.Critical ? Critical : "warning";

    /// <param name="word">As it is spelled in a message or a table.</param>
    public static bool IsCritical(string word) => word == Critical;
}
