namespace GenKernels.Train.Data;

/// <summary>Location of an uncompressed zip entry.</summary>
/// <param name="HeaderOffset">Offset of the entry's own header from the start of the file.</param>
/// <param name="Length">Bytes of content.</param>
/// <param name="Checksum">CRC-32 of the content.</param>
internal readonly record struct StoredEntry(long HeaderOffset, int Length, uint Checksum);
