using ContestPipeline.StripeSimulator.Shell;

if (args is ["-h" or "--help"])
{
    Console.WriteLine(SimulatorArguments.Help);
    return 0;
}

try
{
    var settings = SimulatorArguments.Read(args, Environment.GetEnvironmentVariable);
    await using var host = await StripeSimulatorHost.Start(settings, TimeProvider.System);
    Console.WriteLine($"simulator listening on {host.Url}");
    await host.WaitForShutdown();
    return 0;
}
catch (SettingException refused)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return 2;
}
