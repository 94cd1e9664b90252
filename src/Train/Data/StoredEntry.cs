namespace GenKernels.Train.Data;

/// <summary>Where an uncompressed entry of a zip lies.</summary>
/// <param name="HeaderOffset">Of the entry's own header, from the start of the file.</param>
/// <param name="Length">Bytes of content.</param>
/// <param name="Checksum">CRC-32 of the content.</param>
internal readonly record struct StoredEntry(long HeaderOffset, int Length, uint Checksum);
